"""Forms that supervisors fill in on the admin site."""

from typing import Any

from django import forms

from accounts.enums import Role
from accounts.forms.account_forms import SupplierEnterpriseForm
from accounts.forms.fields import PersonNameField, PhoneField
from accounts.models import ManagerCard, User
from accounts.staff.photos import portrait
from bandian.text.fields import PlainField, formfield


class StaffAddForm(forms.ModelForm):
    """A new account for a member of staff, who sets the password; customers and contacts register on their own."""

    class Meta:
        model = User
        formfield_callback = formfield
        fields = ["phone", "name", "role"]
        field_classes = {"phone": PhoneField, "name": PersonNameField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [choice for choice in Role.choices if choice[0] in Role.staff_roles]
        self.fields["role"].initial = Role.MANAGER
        self.instance.set_unusable_password()


class UserForm(forms.ModelForm):
    class Meta:
        model = User
        formfield_callback = formfield
        fields = ["phone", "name", "role", "enterprise", "is_active"]
        field_classes = {"phone": PhoneField, "name": PersonNameField}


class EnterpriseChangeForm(SupplierEnterpriseForm):
    """更正 or 变更 of an enterprise by a supervisor, with the reason."""

    effective_on = forms.DateField(
        label="变更日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="该企业已签署过文件：更改按变更登记办理，填写营业执照上的变更日期；以前签署的文件仍写当时的名称。",
        error_messages={"required": "请填写营业执照上的变更日期。"},
    )
    reason = PlainField(
        label="原因",
        min_length=4,
        max_length=200,
        help_text="写入变更记录，不能修改",
        error_messages={"required": "请写明更改的原因。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.has_signed:
            del self.fields["effective_on"]


class ManagerCardForm(forms.ModelForm):
    class Meta:
        model = ManagerCard
        formfield_callback = formfield
        fields = ["company", "employee_number", "mobile", "philosophy", "photo"]
        field_classes = {"mobile": PhoneField}
        widgets = {
            "philosophy": forms.Textarea(attrs={"rows": 3}),
            # The stock widget links to the file, but photos have no public address.
            "photo": forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        }

    def clean_photo(self) -> Any:
        photo = self.cleaned_data.get("photo")
        return portrait(photo) if photo and "photo" in self.changed_data else photo
