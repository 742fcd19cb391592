"""Forms that supervisors fill in on the admin site."""

from django import forms

from accounts.enums import Role
from accounts.forms.fields import PersonNameField, PhoneField
from accounts.models import ManagerCard, User
from accounts.staff.photos import portrait


class StaffAddForm(forms.ModelForm):
    """A new account for a member of staff, who sets the password; customers and contacts register on their own."""

    class Meta:
        model = User
        fields = ["phone", "name", "role"]
        field_classes = {"phone": PhoneField, "name": PersonNameField}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [choice for choice in Role.choices if choice[0] in Role.staff_roles]
        self.fields["role"].initial = Role.MANAGER
        self.instance.set_unusable_password()


class UserForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["phone", "name", "role", "enterprise", "is_active"]
        field_classes = {"phone": PhoneField, "name": PersonNameField}


class ManagerCardForm(forms.ModelForm):
    class Meta:
        model = ManagerCard
        fields = ["company", "employee_number", "mobile", "philosophy", "photo"]
        field_classes = {"mobile": PhoneField}
        widgets = {
            "philosophy": forms.Textarea(attrs={"rows": 3}),
            # The stock widget links to the file, but photos have no public address.
            "photo": forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        }

    def clean_photo(self):
        photo = self.cleaned_data.get("photo")
        return portrait(photo) if photo and "photo" in self.changed_data else photo
